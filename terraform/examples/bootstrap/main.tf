# What must exist before the shop: the bucket of Terraform's state and the bucket of the packages. Apply it once for each
# account and region. Its own state is a file in this folder, because there is no bucket yet.

provider "aws" {
  region = var.region
}

module "state_bucket" {
  source = "../../modules/artefact_bucket"

  name          = "${var.prefix}-terraform-state"
  force_destroy = var.force_destroy
}

module "artefact_bucket" {
  source = "../../modules/artefact_bucket"

  name          = "${var.prefix}-artefacts"
  force_destroy = var.force_destroy
}
