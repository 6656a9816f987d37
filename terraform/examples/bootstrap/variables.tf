variable "prefix" {
  description = "The beginning of the buckets' names, like shop-123456789012. It makes the names unique on AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,44}$", var.prefix))
    error_message = "prefix must have 2 to 45 lower-case letters, digits and hyphens, and begin with a letter or a digit."
  }
}

variable "region" {
  description = "The AWS region of the buckets and of the stacks that are deployed from them."
  type        = string
}

variable "force_destroy" {
  description = "Whether `terraform destroy` also deletes what is in the buckets."
  type        = bool
  default     = false
}
