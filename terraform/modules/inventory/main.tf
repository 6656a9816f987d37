# The component as one CloudFormation stack. AWS transforms the SAM template, so Terraform and `sam deploy` make the same
# resources.

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  # The bucket is in the path, as `sam package` writes the URLs of nested templates.
  s3_url = "https://s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
}

# CloudFormation reads a template of more than 51,200 bytes from S3 only.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
resource "aws_s3_object" "template" {
  bucket       = var.artefact_bucket
  key          = "${var.name}/${filesha256(var.template_file)}.template.yaml" # another content has another URL
  source       = var.template_file
  content_type = "application/yaml"

  lifecycle {
    postcondition {
      condition     = self.version_id != null && self.version_id != ""
      error_message = "artefact_bucket must keep versions: make it with the module artefact_bucket."
    }
  }
}

# The version in the URL lets `terraform apply -replace` repeat an update that was rolled back: the provider does not
# notice that the stack has its previous template again.
resource "aws_cloudformation_stack" "inventory" {
  name         = var.name
  template_url = "${local.s3_url}/${var.artefact_bucket}/${aws_s3_object.template.key}?versionId=${aws_s3_object.template.version_id}"
  parameters   = local.parameters
  tags         = var.tags

  # The roles of the functions; the transform and the nested stack of alarms.
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

  timeouts {
    create = "60m"
    update = "120m" # a gradual deployment waits for its minutes of observation
    delete = "60m"
  }

  lifecycle {
    precondition {
      condition     = (var.admin_ui_domain_name == "") == (var.admin_ui_certificate_arn == "")
      error_message = "admin_ui_domain_name and admin_ui_certificate_arn are needed together: set both or none."
    }
  }
}
