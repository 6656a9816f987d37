"""The sequence numbers of the local AWS, by which changes of one row are put in order."""

from ministack.services import dynamodb


def test_sequence_numbers_rise_as_whole_numbers_and_have_the_digits_of_aws() -> None:
    numbers = [dynamodb._next_stream_seq() for _ in range(1_000)]

    assert [int(number) for number in numbers] == sorted({int(number) for number in numbers})
    assert all(21 <= len(number) <= 40 for number in numbers)


def test_a_restart_continues_with_higher_numbers() -> None:
    before = int(dynamodb._next_stream_seq())
    counter, dynamodb._stream_seq_counter = dynamodb._stream_seq_counter, 0
    try:
        after = [int(dynamodb._next_stream_seq()) for _ in range(2)]
    finally:
        dynamodb._stream_seq_counter = counter + 2
    assert before // 10**10 <= after[0] // 10**10 and after[0] < after[1]
