"""The structure's figures, over small trees that are written for each test."""

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from scripts.figures.code import Lengths, Share, body_lengths, docstring_openings, summary
from scripts.figures.files import files_naming, longest_lines
from scripts.figures.imports import Cycles, import_cycles
from scripts.figures.registries import registries
from scripts.figures.sources import files_per_layer, sources
from scripts.figures.template import template_lines
from scripts.trees import Tree

TEMPLATE = """\
Resources:
  # Rows of teapots.
  TeapotRule:
    Type: AWS::Events::Rule

  TeapotProjector:
    Type: AWS::Serverless::Function

  # Shared by all.
  HintPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues:
        - !Ref TeapotQueue
        - !Ref OtherQueue
Outputs:
  TeapotQueueUrl:
    Value: !Ref TeapotQueue
"""
GENERATED_TEMPLATE = """\
Resources:
  # --- generated from read_models.yaml by `make docs`; a test compares
  TeapotRule:
    Type: AWS::Events::Rule
  TeapotProjector:
    Type: AWS::Serverless::Function
  # --- end of what is generated
  Other:
    Type: AWS::SQS::Queue
"""
GROUPS = """\
groups:
  Teapot:
    rows: [Teapot]

    events: [TeapotMade]
  Part:
    rows: [Part]
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree("a tree", tmp_path, ())


def written(tree: Tree, **files: str) -> Tree:
    """The tree with files; `src__domain__a` is `src/domain/a.py`."""
    texts = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    return with_files(tree, texts)


def with_files(tree: Tree, texts: dict[str, str]) -> Tree:
    for name, text in texts.items():
        file = tree.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
    return Tree(tree.name, tree.root, tuple(sorted({*tree.files, *texts})))


class TestImportCycles:
    def test_files_are_counted_by_layer(self, tree: Tree) -> None:
        found = written(tree, src__domain__a="", src__edge__http__b="", skafu__c="", tests__d="")

        assert files_per_layer(sources(found)) == {"domain": 1, "edge": 1, "skafu": 1, "all": 3}

    def test_a_circle_of_three_files_is_one_cycle(self, tree: Tree) -> None:
        found = import_cycles(
            sources(
                written(
                    tree,
                    src__domain__a="from domain import b",
                    src__domain__b="from domain.c import x",
                    src__domain__c="import domain.a",
                    src__domain__d="import domain.a",
                )
            )
        )

        assert found["domain"] == found["all files"] == Cycles(1, 1, 1)
        assert found["files in cycles"] == [["domain.a", "domain.b", "domain.c"]]
        assert found["between layers"] == Cycles(0, 0, 0)

    def test_imports_for_types_and_in_functions_are_counted_apart(self, tree: Tree) -> None:
        for_types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import domain.a"
        in_function = "def f():\n    import domain.c"
        found = import_cycles(
            sources(
                written(
                    tree,
                    src__domain__a="import domain.b",
                    src__domain__b=for_types,
                    src__domain__c="import domain.d",
                    src__domain__d=in_function,
                )
            )
        )

        assert found["domain"] == Cycles(0, 1, 1)
        assert found["files in cycles"] == [["domain.a", "domain.b"], ["domain.c", "domain.d"]]

    def test_layers_form_a_cycle_without_one_of_files(self, tree: Tree) -> None:
        found = import_cycles(
            sources(
                written(
                    tree,
                    src__domain__a="import application.x",
                    src__domain__b="",
                    src__application__x="",
                    src__application__y="from domain.b import name",
                )
            )
        )

        assert found["all files"] == Cycles(0, 0, 0)
        assert found["between layers"] == Cycles(1, 1, 1)
        assert found["layers in cycles"] == [["application", "domain"]]


class TestFunctions:
    def test_signature_and_docstring_are_not_counted(self) -> None:
        text = dedent('''
            def f(
                a,
            ):
                """One.

                Two.
                """
                b = a

                return b

            class C:
                async def g(self): ...

                def h(self):
                    """Only this."""
        ''')

        assert sorted(body_lengths(ast.parse(text))) == [0, 1, 3]

    def test_median_and_90th_percentile(self) -> None:
        assert summary([*range(1, 12)]) == Lengths(11, 6, 10)
        assert summary([]) == Lengths(0, 0, 0)


class TestDocstrings:
    def test_openings_are_counted_by_folder(self, tree: Tree) -> None:
        found = written(
            tree,
            src__domain__a='"""What it is."""\ndef f():\n    """Whatever it is."""',
            src__adapters__b='"""Of an item."""\nclass C:\n    """Offers an item."""',
            tests__c='"""`If` this."""',
        )

        assert docstring_openings(found, sources(found)) == {
            "src/domain": Share(1, 2),
            "src/adapters": Share(1, 2),
            "src": Share(2, 4),
            "tests": Share(1, 1),
            "all": Share(3, 5),
        }


class TestTemplate:
    def test_lines_of_a_groups_resources_are_counted(self, tree: Tree) -> None:
        found = with_files(tree, {"template.yaml": TEMPLATE})

        # Three of the rule, two of the projector, one of the policy, two of the output.
        assert template_lines(found) == {"Teapot": 8}

    def test_generated_lines_are_not_counted_but_their_source_is(self, tree: Tree) -> None:
        files = {"template.yaml": GENERATED_TEMPLATE, "src/read_models.yaml": GROUPS}

        assert template_lines(with_files(tree, files)) == {"Teapot": 3}

    def test_comments_above_a_generated_section_belong_to_no_group(self, tree: Tree) -> None:
        template = GENERATED_TEMPLATE.replace("Resources:\n", "Resources:\n  # Read models.\n")

        assert template_lines(with_files(tree, {"template.yaml": template})) == {"Teapot": 0}

    def test_an_entry_may_name_its_resources(self, tree: Tree) -> None:
        groups = "teapots:\n  resources: Teapot\n  about: Rows.\n\nparts:\n  about: Rows.\n"
        files = {"template.yaml": GENERATED_TEMPLATE, "src/read_models.yaml": groups}

        assert template_lines(with_files(tree, files)) == {"Teapot": 3}

    def test_a_group_is_found_at_the_top_of_its_file_as_well(self, tree: Tree) -> None:
        groups = dedent(GROUPS.removeprefix("groups:\n"))
        files = {"template.yaml": GENERATED_TEMPLATE, "read_models.yaml": groups}

        assert template_lines(with_files(tree, files)) == {"Teapot": 3}


class TestRegistries:
    @pytest.fixture
    def domain(self, tree: Tree) -> Tree:
        return written(tree, src__domain__teapot__commands="", src__domain__saucer__commands="")

    @pytest.mark.parametrize(
        "text",
        [
            "DECIDERS: tuple[object, ...] = (teapot, saucer)",
            "KINDS = {'TEAPOT': 1, 'SAUCER': 2}",
            "contents = Contents(aggregates=(teapot, saucer), projections=())",
            "def deciders():\n    return SRC.glob('domain/*/aggregate.py')",
        ],
    )
    def test_a_list_of_all_aggregates_is_one(self, domain: Tree, text: str) -> None:
        found = written(domain, skafu__kinds=text)

        assert registries(found, sources(found))["number"] == 1

    def test_what_is_derived_from_one_is_another(self, domain: Tree) -> None:
        text = "A = {'teapots': teapot, 'saucers': saucer}\nB = {x.kind: x for x in A.values()}"
        found = written(domain, src__edge__history=text)

        where = ["src/edge/history.py: A", "src/edge/history.py: B"]
        assert registries(found, sources(found)) == {"number": 2, "where": where}

    @pytest.mark.parametrize("text", ["ONE = (teapot,)", "MORE = (teapot, saucer, other)"])
    def test_other_lists_are_none(self, domain: Tree, text: str) -> None:
        found = written(domain, skafu__kinds=text)

        assert registries(found, sources(found))["number"] == 0


def test_the_longest_line_of_every_page(tree: Tree) -> None:
    texts = {"README.md": "abc\nab\n", "docs/adr/1.md": "ä" * 7, "docs/x.yaml": "long", "o.md": ""}

    assert longest_lines(with_files(tree, texts)) == {"README.md": 3, "docs/adr/1.md": 7}


def test_a_command_is_found_in_every_spelling(tree: Tree) -> None:
    texts = {
        "src/a.py": "AddItem",
        "docs/b.md": "add-item",
        "docs/c.md": "add_item",
        "d": "additem",
    }

    assert files_naming(with_files(tree, texts), "AddItem") == {"docs": 2, "src": 1, "all": 3}
