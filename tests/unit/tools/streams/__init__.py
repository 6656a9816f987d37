"""Tests of the consumers of DynamoDB streams on the local AWS."""
