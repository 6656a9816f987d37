variable "region" {
  description = "The AWS region of the stack. It is also the region of the artefact bucket."
  type        = string
}

variable "artefact_bucket" {
  description = "The output artefact_bucket of ../bootstrap."
  type        = string
}

variable "template_file" {
  description = "The packaged template, as a path from this folder."
  type        = string
  default     = "packaged.template.yaml"
}

variable "stack_name" {
  description = "The name of the stack."
  type        = string
  default     = "inventory"
}

variable "runtime" {
  description = "The Lambda runtime that the functions were built for."
  type        = string
  default     = "python3.13"
}

variable "architecture" {
  description = "The processor architecture that the functions were built for."
  type        = string
  default     = "arm64"
}

variable "gradual_deployment" {
  description = "Whether CodeDeploy moves calls to a new version step by step."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether the tables and the user pool are protected against deletion. Set it to false for the first deployment."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "The number of days after which logs are deleted."
  type        = number
  default     = 365
}

variable "admin_origin" {
  description = "The origin of the admin page: the output admin_ui_url of the first deployment."
  type        = string
  default     = "http://localhost:5173"
}

variable "storefront_origin" {
  description = "The origin of the shop's pages."
  type        = string
  default     = "*"
}

variable "operations_email" {
  description = "The e-mail address for alarms and refund requests."
  type        = string
  default     = ""
}
