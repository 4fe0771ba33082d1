"""Generated files say what their sources say."""

import pytest

from scripts.generated import GENERATED, Generated, run


@pytest.mark.parametrize("generated", GENERATED, ids=lambda generated: generated.files)
def test_a_generated_file_matches_its_source(generated: Generated) -> None:
    checked = run(generated.check)

    assert checked.returncode == 0, f"run `make docs`\n{checked.stdout}{checked.stderr}"
