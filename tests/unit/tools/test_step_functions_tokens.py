"""Task tokens of the local AWS."""

from tools.local.step_functions import tokens as workflow_tokens

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:reservation"


def test_a_token_is_as_long_as_on_aws_and_tells_its_state_machine() -> None:
    token = workflow_tokens.issue(ARN)

    assert len(token) == 668
    assert workflow_tokens.state_machine_arn(token) == ARN


def test_no_two_tokens_are_the_same() -> None:
    assert workflow_tokens.issue(ARN) != workflow_tokens.issue(ARN)


def test_what_was_never_a_token_tells_nothing() -> None:
    assert workflow_tokens.state_machine_arn("not a token") is None
    assert workflow_tokens.state_machine_arn("e30=") is None
