"""AWS as the use cases need it: DynamoDB, retries, SNS, task tokens and executions."""
