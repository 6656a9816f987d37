"""What `sam build` and `sam deploy` get for each stage of samconfig.toml, by SAM's own code."""

from pathlib import Path

import pytest

from tests.support.template.conditions import parameter_values
from tests.support.template.source import template
from tests.support.template.stages import Built, Stage, built_functions, stages
from tests.support.template.transformed import packaged, transform
from tests.support.template.variants import Variant, stage_variants

API = "InventoryApi"


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.name)
def test_a_stage_is_built_with_the_parameters_with_which_it_is_deployed(stage: Stage) -> None:
    assert stage.build == stage.deploy
    assert stage.deploy.keys() <= template()["Parameters"].keys()


@pytest.mark.parametrize("variant", stage_variants(), ids=lambda variant: variant.name)
def test_every_function_is_built_for_the_runtime_and_architecture_that_it_gets(variant: Variant) -> None:
    [stage] = [stage for stage in stages() if stage.name == variant.name]
    deployed = {
        name: Built(resource["Properties"]["Runtime"], tuple(resource["Properties"]["Architectures"]))
        for name, resource in variant.resolved["Resources"].items()
        if resource["Type"] == "AWS::Lambda::Function"
    }

    assert deployed
    assert built_functions(stage.build) == deployed


@pytest.mark.parametrize(("runtime", "architecture"), [("python3.11", "x86_64"), ("python3.14", "arm64")])
def test_a_stage_is_built_for_the_runtime_and_architecture_that_it_names(
    runtime: str, architecture: str, tmp_path: Path
) -> None:
    [stage] = stages(write(tmp_path, "global", f"Runtime={runtime} Architecture={architecture}"))

    assert set(built_functions(stage.build).values()) == {Built(runtime, (architecture,))}


def test_parameters_of_the_deployment_alone_do_not_reach_the_build(tmp_path: Path) -> None:
    [stage] = stages(write(tmp_path, "deploy", "Runtime=python3.11 Architecture=x86_64"))

    assert stage.build != stage.deploy
    assert set(built_functions(stage.build).values()) == {Built("python3.13", ("arm64",))}


@pytest.mark.parametrize("stage", stages(), ids=lambda stage: stage.name)
def test_the_values_of_a_stage_are_values_that_the_template_accepts(stage: Stage) -> None:
    values = parameter_values(template(), stage.deploy)

    for name, described in template()["Parameters"].items():
        if "AllowedValues" in described:
            assert values[name] in map(str, described["AllowedValues"])
        if "MinValue" in described:
            assert described["MinValue"] <= int(values[name]) <= described.get("MaxValue", 10**9)


@pytest.mark.parametrize("parameter", ["StorefrontOrigin", "AdminOrigin"])
def test_a_changed_origin_is_deployed_to_the_stage_of_the_api(parameter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = deployment_of_the_api({parameter: "https://shop.example.com"}, 1_800_000_000, monkeypatch)
    after = deployment_of_the_api({parameter: "https://www.example.com"}, 1_800_000_060, monkeypatch)

    assert before != after


def test_without_always_deploy_sam_keeps_the_deployment_of_the_old_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    # SAM names a deployment by its body before parameters are resolved, so that only AlwaysDeploy helps:
    # https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
    changes = {"AlwaysDeploy": False}

    before = deployment_of_the_api({"AdminOrigin": "https://shop.example.com"}, 1_800_000_000, monkeypatch, changes)
    after = deployment_of_the_api({"AdminOrigin": "https://www.example.com"}, 1_800_000_060, monkeypatch, changes)

    assert before == after


def deployment_of_the_api(
    parameters: dict[str, str], seconds: int, monkeypatch: pytest.MonkeyPatch, changes: dict[str, bool] | None = None
) -> str:
    """The deployment of which the API's stage consists, when the template is transformed at this time."""
    monkeypatch.setattr("samtranslator.model.apigateway.time.time", lambda: seconds)
    changed = packaged()
    changed["Resources"][API]["Properties"] |= changes or {}
    resources = transform(changed, parameters)["Resources"]
    deployment: str = resources[f"{API}v1Stage"]["Properties"]["DeploymentId"]["Ref"]
    assert resources[deployment]["Type"] == "AWS::ApiGateway::Deployment"
    return deployment


def write(directory: Path, command: str, parameters: str) -> Path:
    """A samconfig.toml with one stage."""
    (directory / "samconfig.toml").write_text(
        'version = 0.1\n[default.global.parameters]\nstack_name = "inventory"\n'
        + (f"[default.{command}.parameters]\n" if command != "global" else "")
        + f'parameter_overrides = "{parameters}"\n'
    )
    return directory
