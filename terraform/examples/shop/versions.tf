terraform {
  required_version = ">= 1.10" # the first with a lock file in S3

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # The bucket and its region are in backend.hcl: terraform init -backend-config=backend.hcl
  backend "s3" {
    key          = "inventory/terraform.tfstate"
    encrypt      = true
    use_lockfile = true # one `apply` at a time
  }
}
