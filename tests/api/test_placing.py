"""A box that no return is known for is placed by a person, and may be placed again."""

from adapters.postgres.boxes import Box, Boxes
from tests.api.scene import Scene
from tests.api.serving import NOW
from tests.api.test_reports import of, post, receipt


async def _only(scene: Scene) -> Box:
    [box] = await Boxes(scene.pool).waiting()
    return box


async def test_a_blind_box_is_told_to_the_return_that_a_person_names(scene: Scene) -> None:
    await scene.label()
    await post(scene, receipt(of("SHIRT")))
    assert await scene.relay() == 0
    box = await _only(scene)
    assert (box.units, box.reason) == ([("SHIRT", 1)], "names neither a parcel nor a return")
    assert await Boxes(scene.pool).place(box, scene.tenant, ["R-1"], NOW)
    assert await scene.relay() == 1
    [(_, body)] = await scene.heard(1)
    assert body["units"] == [of("SHIRT")]
    assert not await Boxes(scene.pool).place(box, scene.tenant, ["R-1"], NOW), "it waits no longer"


async def test_a_box_that_was_another_returns_is_moved_and_both_are_told(scene: Scene) -> None:
    for return_id in ("R-1", "R-2"):
        await scene.label(return_id, f"T-{return_id}")
    await post(scene, receipt(of("SHIRT"), returns=["R-1"]))
    assert await scene.relay() == 1
    await scene.story.receive("R-1", "", {"SHIRT": 1}, message_id="rec-1")
    boxes = Boxes(scene.pool)
    await scene.caught_up()
    box = await boxes.find("rec-1")
    assert box is not None
    first = await boxes.move(box, scene.tenant, ["R-2"], NOW)
    assert await boxes.move(box, scene.tenant, ["R-2"], NOW) == first, "asked twice, told once"
    assert await scene.relay() == 2
    [(_, was), (_, is_not)] = await scene.heard(2)
    [(_, now)] = await scene.heard(1, "R-2")
    assert (is_not["corrects"], is_not["units"]) == (was["message_id"], [])
    assert now["units"] == [of("SHIRT")]


async def test_a_box_that_is_nobodys_is_taken_back_from_whoever_heard_of_it(scene: Scene) -> None:
    await scene.label()
    await post(scene, receipt(of("SHIRT"), returns=["R-1"]))
    await scene.relay()
    await scene.story.receive("R-1", "", {"SHIRT": 1}, message_id="rec-1")
    await scene.caught_up()
    boxes = Boxes(scene.pool)
    box = await boxes.find("rec-1")
    assert box is not None
    await boxes.move(box, scene.tenant, [], NOW)
    assert await scene.relay() == 1
    (_, _), (_, body) = await scene.heard(2)
    assert body["retracts"] == "rec-1"
