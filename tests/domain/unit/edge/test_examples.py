"""The source document's own example of a creation is an example of ours."""

import pytest

from domain.contents import contents
from edge.commands.examples import task_example


@pytest.mark.feature("C7", "C8")
def test_the_source_documents_own_example_is_among_them() -> None:
    (example,) = task_example(contents, contents.operation["create-project"]).values()

    assert example.value == {
        "commandId": "cmd-12345",
        "userId": "user-123",
        "correlationId": "req-12345",
        "timestamp": "2025-01-18T10:30:00.123Z",
        "data": {
            "name": "E-commerce Platform",
            "description": "Full-stack e-commerce solution",
            "templateId": "full-stack-template",
            "configuration": {"runtime": "python3.9", "region": "us-east-1"},
        },
    }
