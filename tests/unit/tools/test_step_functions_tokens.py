"""Task tokens of the local AWS."""

from tools.local.step_functions import tokens

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:reservation"


def test_a_token_is_as_long_as_on_aws_and_contains_its_state_machine() -> None:
    token = tokens.issue(ARN)

    assert len(token) == 668
    assert tokens.state_machine_arn(token) == ARN


def test_no_two_tokens_are_the_same() -> None:
    assert tokens.issue(ARN) != tokens.issue(ARN)


def test_a_text_that_is_not_a_token_has_no_state_machine() -> None:
    assert tokens.state_machine_arn("not a token") is None
    assert tokens.state_machine_arn("e30=") is None
