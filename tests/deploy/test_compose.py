"""The compose file is what its specification allows, and says what is missing."""

import pytest

from tests.deploy.files import NotSetError, compose, compose_services, example

OURS = {"setup", "worker", "api", "sandbox"}


def test_with_the_example_filled_in_it_is_a_compose_file() -> None:
    assert set(compose(example()).services or {}) >= OURS | {"postgres", "temporal", "temporal-ui"}


@pytest.mark.parametrize(
    "needed",
    [
        "POSTGRES_PASSWORD",
        "TEMPORAL_POSTGRES_PASSWORD",
        "BACKHAUL_MASTER_KEY",
        "BACKHAUL_LINK_SECRET",
        "GRAFANA_PASSWORD",
    ],
)
def test_a_secret_that_is_missing_is_named(needed: str) -> None:
    with pytest.raises(NotSetError, match=f"^{needed}$"):
        compose({**example(), needed: ""})


def test_nothing_of_ours_starts_before_setup_has_ended_well() -> None:
    services = compose_services()
    for name in ("worker", "api"):
        assert services[name]["depends_on"]["setup"] == {
            "condition": "service_completed_successfully"
        }


def test_ours_may_do_nothing_but_run() -> None:
    for name in OURS:
        service = compose_services()[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_every_door_opens_to_this_machine_alone() -> None:
    ports = [port for service in compose_services().values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_image_of_others_has_its_release() -> None:
    images = [service["image"] for name, service in compose_services().items() if name not in OURS]
    assert images
    assert all(":" in image and not image.endswith(":latest") for image in images)
