output "name" {
  description = "The name of the bucket, when all its settings are made."
  value       = aws_s3_bucket.this.id

  depends_on = [
    aws_s3_bucket_lifecycle_configuration.this,
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
  ]
}
