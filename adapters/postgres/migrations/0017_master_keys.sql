-- Which master keys still wrap anything: asked at every start, so found by steps from one to the
-- next in an index, however many keys there are.

CREATE INDEX subject_key_by_master
    ON backhaul.subject_key (master_key_id, tenant, subject_id);
CREATE INDEX data_key_by_master
    ON backhaul.data_key (master_key_id, key_id) WHERE wrapped_key IS NOT NULL;
CREATE INDEX subscription_by_master
    ON backhaul.subscription (master_key_id, tenant, subscription_id);

CREATE VIEW backhaul.master_key_in_use AS
WITH RECURSIVE of_persons (id) AS (
    (SELECT min(master_key_id) FROM backhaul.subject_key)
    UNION ALL
    SELECT (SELECT min(master_key_id) FROM backhaul.subject_key WHERE master_key_id > id)
    FROM of_persons WHERE id IS NOT NULL
), of_files (id) AS (
    (SELECT min(master_key_id) FROM backhaul.data_key WHERE wrapped_key IS NOT NULL)
    UNION ALL
    SELECT (SELECT min(master_key_id) FROM backhaul.data_key
            WHERE wrapped_key IS NOT NULL AND master_key_id > id)
    FROM of_files WHERE id IS NOT NULL
), of_subscriptions (id) AS (
    (SELECT min(master_key_id) FROM backhaul.subscription)
    UNION ALL
    SELECT (SELECT min(master_key_id) FROM backhaul.subscription WHERE master_key_id > id)
    FROM of_subscriptions WHERE id IS NOT NULL
)
SELECT id AS master_key_id FROM of_persons WHERE id IS NOT NULL
UNION SELECT id FROM of_files WHERE id IS NOT NULL
UNION SELECT id FROM of_subscriptions WHERE id IS NOT NULL;

GRANT SELECT ON backhaul.master_key_in_use TO backhaul_engine;
