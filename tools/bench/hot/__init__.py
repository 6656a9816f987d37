"""A sale of one hot product on one DynamoDB partition or several, in virtual time."""
