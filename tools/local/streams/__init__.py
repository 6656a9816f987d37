"""DynamoDB streams to functions: event source mappings that retry, split and give up as Lambda does.

ministack writes the records of the streams. It has one thread for all mappings, retries a failed batch as a whole and for
ever, and ignores partial answers, splitting and windows. Here each mapping has a thread of its own.
"""
