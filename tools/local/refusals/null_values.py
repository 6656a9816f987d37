"""Refuses templates with null values, as CloudFormation does.

CloudFormation refuses a null anywhere in a template, also in free-form JSON such as an API's definition, and also if a
transform has put it there. It has no page about this; the message is quoted in https://github.com/aws/aws-cdk/issues/8660
and https://github.com/aws-cloudformation/cfn-lint/issues/38.
"""

from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]


def null_paths(value: Any, path: str = "") -> Iterator[str]:
    """The path of every null, for example /Resources/Api/Properties/Body/info/x."""
    match value:
        case None:
            yield path
        case dict():
            for key, content in value.items():
                yield from null_paths(content, f"{path}/{key}")
        case list():
            for index, element in enumerate(value):
                yield from null_paths(element, f"{path}/{index}")


def null_error(template: Template) -> str | None:
    """The message of CloudFormation about the nulls of a template, if it has any."""
    sentences = [f"[{path}] 'null' values are not allowed in templates" for path in null_paths(template)]
    return " ".join(sentences) or None


def install() -> None:
    """Patch ministack so that it refuses a null in a template as sent, and in the template after its transforms."""
    from ministack.services.cloudformation import changesets, engine, handlers

    parse, validate = engine._parse_template, engine.validate_template_support

    def parse_without_null(body: str) -> Template:
        template: Template = parse(body)
        if error := null_error(template):
            raise ValueError(error)  # the callers add "Template format error: "
        return template

    def validate_without_null(template: Template, *arguments: Any, **options: Any) -> None:
        if error := null_error(template):
            raise ValueError(f"Template format error: {error}")
        validate(template, *arguments, **options)

    for module in (engine, handlers, changesets):
        module._parse_template = parse_without_null
        module.validate_template_support = validate_without_null
