"""The Terraform module: writes its variables and outputs from template.yaml, and applies it to a local AWS."""
