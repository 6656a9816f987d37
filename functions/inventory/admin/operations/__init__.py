"""What operators look at: the state of the books, alarms, and executions."""
