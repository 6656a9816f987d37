# Written from template.yaml by `python -m tools.terraform write`: change the template, then run it again.

output "api_url" {
  description = "The URL of the API in api/openapi.yaml."
  value       = aws_cloudformation_stack.inventory.outputs["ApiUrl"]
}

output "admin_ui_url" {
  description = "The URL of the admin page."
  value       = aws_cloudformation_stack.inventory.outputs["AdminUiUrl"]
}

output "admin_ui_bucket_name" {
  description = "The bucket of the admin page's files."
  value       = aws_cloudformation_stack.inventory.outputs["AdminUiBucketName"]
}

output "admin_ui_distribution_id" {
  description = "The CloudFront distribution of the admin page."
  value       = aws_cloudformation_stack.inventory.outputs["AdminUiDistributionId"]
}

output "storefront_api_key_id" {
  description = "The id of the storefront API key. Its value: aws apigateway get-api-key --include-value --api-key <id>"
  value       = aws_cloudformation_stack.inventory.outputs["StorefrontApiKeyId"]
}

output "user_pool_id" {
  description = "The Cognito user pool of the administrators."
  value       = aws_cloudformation_stack.inventory.outputs["UserPoolId"]
}

output "user_pool_client_id" {
  description = "The Cognito client of the admin page."
  value       = aws_cloudformation_stack.inventory.outputs["UserPoolClientId"]
}

output "reservation_state_machine_arn" {
  description = "The reservation workflow. Start one execution for each checkout."
  value       = aws_cloudformation_stack.inventory.outputs["ReservationStateMachineArn"]
}

output "record_payment_function_name" {
  description = "Invoke it with the result of a payment."
  value       = aws_cloudformation_stack.inventory.outputs["RecordPaymentFunctionName"]
}

output "cancel_reservation_function_name" {
  description = "Invoke it when the shopper cancels."
  value       = aws_cloudformation_stack.inventory.outputs["CancelReservationFunctionName"]
}

output "extend_hold_function_name" {
  description = "Invoke it while the shopper is still paying."
  value       = aws_cloudformation_stack.inventory.outputs["ExtendHoldFunctionName"]
}

output "check_low_stock_function_name" {
  description = "Sends pending low-stock alerts on a schedule."
  value       = aws_cloudformation_stack.inventory.outputs["CheckLowStockFunctionName"]
}

output "reconcile_holds_function_name" {
  description = "Settles stranded holds and sends pending notifications on a schedule."
  value       = aws_cloudformation_stack.inventory.outputs["ReconcileHoldsFunctionName"]
}

output "reconcile_counters_function_name" {
  description = "Compares stock levels with reservations and movements on a schedule."
  value       = aws_cloudformation_stack.inventory.outputs["ReconcileCountersFunctionName"]
}

output "record_failed_execution_function_name" {
  description = "Records executions that failed, timed out or were stopped."
  value       = aws_cloudformation_stack.inventory.outputs["RecordFailedExecutionFunctionName"]
}

output "publish_changes_function_name" {
  description = "Publishes changed stock and reservations, from the streams of their tables."
  value       = aws_cloudformation_stack.inventory.outputs["PublishChangesFunctionName"]
}

output "republish_changes_function_name" {
  description = "Publishes what EventBridge or AppSync did not accept."
  value       = aws_cloudformation_stack.inventory.outputs["RepublishChangesFunctionName"]
}

output "renew_live_stock_key_function_name" {
  description = "Moves the end of the key for live stock on a schedule."
  value       = aws_cloudformation_stack.inventory.outputs["RenewLiveStockKeyFunctionName"]
}

output "follow_changes_function_name" {
  description = "Writes changes to the journal of the read model, from the streams of four tables."
  value       = aws_cloudformation_stack.inventory.outputs["FollowChangesFunctionName"]
}

output "merge_read_model_function_name" {
  description = "Merges the read model on a schedule. Invoke it with {\"rebuild\": true} to build it anew."
  value       = aws_cloudformation_stack.inventory.outputs["MergeReadModelFunctionName"]
}

output "checkout_policy_arn" {
  description = "The policy for the role of the checkout service."
  value       = aws_cloudformation_stack.inventory.outputs["CheckoutPolicyArn"]
}

output "stock_feed_policy_arn" {
  description = "The policy for the roles of machines that change stock, such as an ERP or a till."
  value       = aws_cloudformation_stack.inventory.outputs["StockFeedPolicyArn"]
}

output "inventory_table_name" {
  description = "The table of stock levels."
  value       = aws_cloudformation_stack.inventory.outputs["InventoryTableName"]
}

output "reservations_table_name" {
  description = "The table of reservations."
  value       = aws_cloudformation_stack.inventory.outputs["ReservationsTableName"]
}

output "movements_table_name" {
  description = "The table of movements, the ledger of every change of on_hand."
  value       = aws_cloudformation_stack.inventory.outputs["MovementsTableName"]
}

output "customers_table_name" {
  description = "The table of the units and reservations that each customer holds."
  value       = aws_cloudformation_stack.inventory.outputs["CustomersTableName"]
}

output "refunds_table_name" {
  description = "The table of payments to return."
  value       = aws_cloudformation_stack.inventory.outputs["RefundsTableName"]
}

output "failed_executions_table_name" {
  description = "The table of executions that failed, timed out or were stopped."
  value       = aws_cloudformation_stack.inventory.outputs["FailedExecutionsTableName"]
}

output "idempotency_table_name" {
  description = "The table of what was decided under the keys of calls."
  value       = aws_cloudformation_stack.inventory.outputs["IdempotencyTableName"]
}

output "published_table_name" {
  description = "The table of what was published of each product and reservation."
  value       = aws_cloudformation_stack.inventory.outputs["PublishedTableName"]
}

output "read_model_table_name" {
  description = "The table of the read model's manifest, progress and journal."
  value       = aws_cloudformation_stack.inventory.outputs["ReadModelTableName"]
}

output "ledger_checkpoints_table_name" {
  description = "The table of the ledger's checkpoints, and of how far the scheduled comparison has come."
  value       = aws_cloudformation_stack.inventory.outputs["LedgerCheckpointsTableName"]
}

output "read_model_bucket_name" {
  description = "The bucket of the read model's snapshots."
  value       = aws_cloudformation_stack.inventory.outputs["ReadModelBucketName"]
}

output "low_stock_topic_arn" {
  description = "The topic of low-stock alerts."
  value       = aws_cloudformation_stack.inventory.outputs["LowStockTopicArn"]
}

output "operations_topic_arn" {
  description = "The topic of alarms and refund requests."
  value       = aws_cloudformation_stack.inventory.outputs["OperationsTopicArn"]
}

output "failed_imports_queue_name" {
  description = "The dead-letter queue of failed imports."
  value       = aws_cloudformation_stack.inventory.outputs["FailedImportsQueueName"]
}

output "failed_schedules_queue_name" {
  description = "The dead-letter queue of failed scheduled jobs."
  value       = aws_cloudformation_stack.inventory.outputs["FailedSchedulesQueueName"]
}

output "failed_changes_queue_name" {
  description = "The queue of batches of changes that failed too often."
  value       = aws_cloudformation_stack.inventory.outputs["FailedChangesQueueName"]
}

output "unreadable_changes_queue_name" {
  description = "The queue of changed rows that could not be read."
  value       = aws_cloudformation_stack.inventory.outputs["UnreadableChangesQueueName"]
}

output "undelivered_events_queue_name" {
  description = "The queue of events that EventBridge did not accept yet."
  value       = aws_cloudformation_stack.inventory.outputs["UndeliveredEventsQueueName"]
}

output "undelivered_pushes_queue_name" {
  description = "The queue of products whose push AppSync did not accept yet."
  value       = aws_cloudformation_stack.inventory.outputs["UndeliveredPushesQueueName"]
}

output "lost_changes_queue_name" {
  description = "The dead-letter queue of events and pushes that could not be delivered for a day."
  value       = aws_cloudformation_stack.inventory.outputs["LostChangesQueueName"]
}

output "event_bus_name" {
  description = "The EventBridge bus that gets the events."
  value       = aws_cloudformation_stack.inventory.outputs["EventBusName"]
}

output "live_stock_realtime_url" {
  description = "The WebSocket to which pages connect for live stock. GET /live-stock answers it with the key."
  value       = aws_cloudformation_stack.inventory.outputs["LiveStockRealtimeUrl"]
}
