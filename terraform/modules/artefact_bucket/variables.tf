variable "name" {
  description = "The name of the bucket. It must be unique among all buckets of AWS."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or a digit."
  }
}

variable "replaced_version_days" {
  description = "The number of days after which a replaced or deleted version of an object is removed."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.replaced_version_days >= 1
    error_message = "replaced_version_days must be at least 1."
  }
}

variable "force_destroy" {
  description = "Whether the bucket is deleted with everything in it. If it is false, only an empty bucket can be deleted."
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "The tags of the bucket."
  type        = map(string)
  default     = {}
  nullable    = false
}
