# The module's own variables. Those of the template's parameters are in parameters.tf.

variable "name" {
  description = "The name of the CloudFormation stack. Names of resources begin with it."
  type        = string
  default     = "inventory"
  nullable    = false

  validation {
    # The comment of the page's distribution contains the name, and has at most 128 characters.
    condition     = can(regex("^[a-zA-Z][-a-zA-Z0-9]{0,113}$", var.name))
    error_message = "name must begin with a letter and have at most 114 letters, digits and hyphens."
  }
}

variable "template_file" {
  description = "The packaged template: the file that `sam package --output-template-file` wrote."
  type        = string
  nullable    = false

  validation {
    condition     = try(strcontains(file(var.template_file), "CodeUri: s3://"), false)
    error_message = "template_file must be a packaged template: write it with `sam build` and `sam package`."
  }
}

variable "artefact_bucket" {
  description = "The name of the bucket for the packaged template: the one that `sam package --s3-bucket` filled."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "The tags of the stack. CloudFormation gives them to every resource that can have tags."
  type        = map(string)
  default     = {}
  nullable    = false
}
