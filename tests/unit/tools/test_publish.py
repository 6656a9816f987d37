"""Publishing the admin page: which files, in which order, with which cache headers."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.publish import DeployedPage, PageConfig, PublishError, page_files, publish
from tools.publish.settings import PublishSettings

CONFIG = PageConfig("eu-central-1", "eu-central-1_abc", "client-1")
API_URL = "https://a1b2.execute-api.eu-central-1.amazonaws.com/v1"
PAGE = DeployedPage("eu-central-1", "https://page.example", "bucket-1", "D1", "eu-central-1_abc", "client-1", API_URL)
OUTPUTS = {
    "AdminUiUrl": PAGE.url,
    "AdminUiBucketName": PAGE.bucket_name,
    "AdminUiDistributionId": PAGE.distribution_id,
    "UserPoolId": PAGE.user_pool_id,
    "UserPoolClientId": PAGE.user_pool_client_id,
    "ApiUrl": PAGE.api_url,
}


class Bucket:
    """A bucket that fails after a number of files."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self._left = breaks_after

    def put_object(self, *, Bucket: str, Key: str, **content: Any) -> None:
        if self._left == 0:
            raise ConnectionError("the connection is lost")
        self._left = None if self._left is None else self._left - 1
        self.objects[Key] = {"Bucket": Bucket, **content}


class Distribution:
    """A distribution that records its invalidations."""

    def __init__(self) -> None:
        self.invalidated: list[tuple[str, list[str]]] = []
        self.references: set[str] = set()

    def create_invalidation(self, *, DistributionId: str, InvalidationBatch: dict[str, Any]) -> None:
        self.references.add(InvalidationBatch["CallerReference"])
        self.invalidated.append((DistributionId, InvalidationBatch["Paths"]["Items"]))


def a_build(directory: Path, *others: str) -> Path:
    """A built page with a script, a style sheet and other files."""
    for name in ("index.html", "assets/app-1a2b.js", "assets/app-1a2b.css", "favicon.svg", *others):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return directory


def published(build: Path, bucket: Any, distribution: Any) -> None:
    publish(page_files(build, CONFIG, API_URL), PAGE, s3=bucket, cloudfront=distribution, log=lambda _: None)


def cloudformation(outputs: dict[str, str] | None) -> Any:
    """A CloudFormation that knows one stack with these outputs, or none at all."""

    def describe_stacks(StackName: str) -> dict[str, Any]:
        if outputs is None:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        named = [{"OutputKey": name, "OutputValue": value} for name, value in outputs.items()]
        return {"Stacks": [{"Outputs": named}]}

    return SimpleNamespace(describe_stacks=describe_stacks, meta=SimpleNamespace(region_name=PAGE.region))


def test_files_are_uploaded_after_the_files_that_they_need(tmp_path: Path) -> None:
    keys = [file.key for file in page_files(a_build(tmp_path), CONFIG, API_URL)]

    assert keys[-2:] == ["config.json", "index.html"]
    assert {"assets/app-1a2b.js", "assets/app-1a2b.css"} <= set(keys[:-2])


def test_an_interrupted_upload_does_not_replace_the_page(tmp_path: Path) -> None:
    files = len(page_files(a_build(tmp_path), CONFIG, API_URL))
    for survived in range(files):
        bucket = Bucket(breaks_after=survived)
        with pytest.raises(ConnectionError):
            published(tmp_path, bucket, Distribution())

        assert "index.html" not in bucket.objects


def test_files_with_a_hash_in_their_name_are_cached_and_all_others_are_revalidated(tmp_path: Path) -> None:
    kept = {file.key: file.cache_control for file in page_files(a_build(tmp_path), CONFIG, API_URL)}

    assert kept.pop("assets/app-1a2b.js") == kept.pop("assets/app-1a2b.css") == "public, max-age=31536000, immutable"
    assert set(kept.values()) == {"no-cache"}


def test_every_file_has_its_content_type(tmp_path: Path) -> None:
    types = {file.key: file.content_type for file in page_files(a_build(tmp_path), CONFIG, API_URL)}

    assert types["index.html"] == "text/html; charset=utf-8"
    assert types["assets/app-1a2b.js"] == "text/javascript; charset=utf-8"
    assert types["favicon.svg"] == "image/svg+xml"


def test_a_file_of_unknown_content_type_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"notes\.xyz has no content type"):
        page_files(a_build(tmp_path, "notes.xyz"), CONFIG, API_URL)


def test_hidden_files_of_the_build_tool_are_not_published(tmp_path: Path) -> None:
    keys = [file.key for file in page_files(a_build(tmp_path, ".vite/manifest.json"), CONFIG, API_URL)]

    assert not any("manifest" in key for key in keys)


def test_the_config_is_that_of_the_stack(tmp_path: Path) -> None:
    files = page_files(a_build(tmp_path, "config.json"), CONFIG, API_URL)

    [config] = [json.loads(file.body) for file in files if file.key == "config.json"]
    assert config == {
        "region": "eu-central-1",
        "user_pool_id": "eu-central-1_abc",
        "user_pool_client_id": "client-1",
        "api_url": "",
        "cognito_endpoint_url": None,
        "console": True,
    }


def test_the_page_is_published_after_the_reference_and_that_after_its_files(tmp_path: Path) -> None:
    build = a_build(tmp_path, "reference/index.html", "reference/redoc.js")

    keys = [file.key for file in page_files(build, CONFIG, API_URL)]

    assert keys[-2:] == ["reference/index.html", "index.html"]
    assert "reference/redoc.js" in keys


def test_the_reference_names_the_api_of_the_stack_first(tmp_path: Path) -> None:
    any_stack = {"url": "https://{host}/v1", "variables": {"host": {"default": "api.example.com"}}}
    build = a_build(tmp_path, "reference/openapi.json")
    (build / "reference" / "openapi.json").write_text(json.dumps({"openapi": "3.0.1", "servers": [any_stack]}))

    files = page_files(build, CONFIG, API_URL)

    [document] = [json.loads(file.body) for file in files if file.key == "reference/openapi.json"]
    assert document == {"openapi": "3.0.1", "servers": [{"url": API_URL, "description": "This stack."}, any_stack]}


def test_the_error_for_a_missing_build_says_how_to_build(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="make admin-ui"):
        page_files(tmp_path, CONFIG, API_URL)


def test_each_run_invalidates_the_files_whose_names_stay_the_same(tmp_path: Path) -> None:
    bucket, distribution = Bucket(), Distribution()
    for _ in range(2):
        published(a_build(tmp_path), bucket, distribution)

    assert distribution.invalidated == [("D1", ["/favicon.svg", "/config.json", "/index.html"])] * 2
    assert len(distribution.references) == 2


def test_a_new_build_keeps_the_assets_of_the_previous_one(tmp_path: Path) -> None:
    bucket = Bucket()
    published(a_build(tmp_path / "before", "assets/page-old.js"), bucket, Distribution())
    published(a_build(tmp_path / "now", "assets/page-new.js"), bucket, Distribution())

    assert {"assets/page-old.js", "assets/page-new.js"} <= set(bucket.objects)


def test_the_page_is_read_from_the_stacks_outputs() -> None:
    assert DeployedPage.of_stack(cloudformation(OUTPUTS), "inventory") == PAGE


@pytest.mark.parametrize("outputs", [None, {}, {"UserPoolId": "eu-central-1_abc"}])
def test_the_error_for_a_stack_without_a_page_says_how_to_deploy(outputs: dict[str, str] | None) -> None:
    with pytest.raises(PublishError, match="The stack inventory has no admin page: .* make deploy"):
        DeployedPage.of_stack(cloudformation(outputs), "inventory")


def test_a_stage_has_the_same_stack_as_in_sam(tmp_path: Path) -> None:
    samconfig = tmp_path / "samconfig.toml"
    samconfig.write_text(
        '[default.global.parameters]\nstack_name = "inventory"\n'
        '[prod.global.parameters]\nstack_name = "inventory-prod"\nregion = "us-east-1"\n'
        '[prod.deploy.parameters]\nregion = "eu-central-1"\n'
    )

    assert PublishSettings.of_stage(samconfig, "default") == PublishSettings("inventory")
    assert PublishSettings.of_stage(samconfig, "prod") == PublishSettings("inventory-prod", "eu-central-1")
    with pytest.raises(PublishError, match="has no stage 'staging'. Choose one of default, prod"):
        PublishSettings.of_stage(samconfig, "staging")
