"""`erase` and `erasures`, as somebody types them."""

from pathlib import Path

from tests.client.conftest import Shell


async def test_a_customer_is_forgotten_and_listed_and_forgotten_again(
    shell: Shell, tmp_path: Path
) -> None:
    typed = await shell("erase", "c-nobody", "--reference", "T-7")
    assert (typed.code, typed.out) == (0, "customer c-nobody is forgotten, in 0 files\n")
    listed = await shell("erasures", "--json", "--tenant", shell.tenant)
    [row] = listed.data["erasures"]
    assert (row["subject_id"], row["reference"]) == ("c-nobody", "T-7")
    path = tmp_path / "erasures.json"
    path.write_text(listed.out, "utf-8")
    assert (await shell("erase", "--again", str(path))).out == "1 forgotten again\n"


async def test_a_wish_needs_an_id_and_a_reference_and_is_told_which(shell: Shell) -> None:
    assert "customer: expected" in (await shell("erase")).err
    assert "--reference: expected" in (await shell("erase", "c-7")).err
    broken = shell.file({"erasures": [{"tenant": "acme"}]})
    assert "erasures.0.subject_id: Field required" in (await shell("erase", "--again", broken)).err
