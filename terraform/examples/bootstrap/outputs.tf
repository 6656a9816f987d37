output "state_bucket" {
  description = "The bucket of Terraform's state: `bucket` in backend.hcl."
  value       = module.state_bucket.name
}

output "artefact_bucket" {
  description = "The bucket for `sam package --s3-bucket`."
  value       = module.artefact_bucket.name
}
