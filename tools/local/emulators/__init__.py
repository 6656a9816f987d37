"""ministack with our patches, and the meter of DynamoDB's capacity units."""
