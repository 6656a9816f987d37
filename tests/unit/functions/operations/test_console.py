"""Links to the AWS console lead to the page of one thing, whatever its name contains."""

from inventory.aws.console import Console

ARN = "arn:aws-cn:states:cn-north-1:123456789012:execution:reservation:o r/1"


def test_each_partition_has_its_console() -> None:
    assert Console.of(ARN).execution(ARN) == (
        "https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/"
        "arn:aws-cn:states:cn-north-1:123456789012:execution:reservation:o%20r%2F1"
    )


def test_alarms_dashboards_and_traces_have_their_pages() -> None:
    console = Console("eu-west-1")
    page = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"

    assert console.alarm("a/b") == f"{page}#alarmsV2:alarm/a%2Fb"
    assert console.dashboard("shop-eu-west-1") == f"{page}#dashboards/dashboard/shop-eu-west-1"
    assert console.trace("1-67-ab") == f"{page}#xray:traces/1-67-ab"


def test_a_query_of_logs_is_written_as_the_console_writes_it() -> None:
    link = Console("eu-west-1").logs(
        'fields @timestamp | filter x = "é"',
        ["/aws/lambda/one", "two"],
        "2021-07-15T21:00:00.000Z",
        "2021-07-18T20:59:59.000Z",
    )

    assert link.partition("#")[2] == (
        "logsV2:logs-insights$3FqueryDetail$3D$257E$2528end$257E$25272021-07-18T20*3a59*3a59.000Z"
        "$257Estart$257E$25272021-07-15T21*3a00*3a00.000Z$257EtimeType$257E$2527ABSOLUTE$257Etz$257E$2527UTC"
        "$257EeditorString$257E$2527fields*20*40timestamp*20*7c*20filter*20x*20*3d*20*22*c3*a9*22"
        "$257Esource$257E$2528$257E$2527*2faws*2flambda*2fone$257E$2527two$2529$2529"
    )
