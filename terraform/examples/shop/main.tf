# The component of one shop. Add the variables of the module that your shop needs: ../../modules/inventory/parameters.tf

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      component = "inventory"
    }
  }
}

module "inventory" {
  source = "../../modules/inventory"

  name            = var.stack_name
  artefact_bucket = var.artefact_bucket
  template_file   = var.template_file

  runtime             = var.runtime
  architecture        = var.architecture
  gradual_deployment  = var.gradual_deployment
  deletion_protection = var.deletion_protection
  log_retention_days  = var.log_retention_days
  admin_origin        = var.admin_origin
  storefront_origin   = var.storefront_origin
  operations_email    = var.operations_email
}
