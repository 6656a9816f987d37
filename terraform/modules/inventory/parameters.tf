# Written from template.yaml by `python -m tools.terraform write`: change the template, then run it again.

variable "longest_hold_seconds" {
  description = "The longest time that a checkout may hold stock, including all extensions. At most 31 days."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition     = var.longest_hold_seconds >= 1 && var.longest_hold_seconds <= 2678400
    error_message = "longest_hold_seconds must be between 1 and 2678400."
  }
}

variable "customer_holds_max" {
  description = "The maximum number of reservations that one customer_id may have HELD or PAID at a time."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.customer_holds_max >= 1
    error_message = "customer_holds_max must be at least 1."
  }
}

variable "customer_units_max" {
  description = "The maximum number of units in all these reservations of one customer_id together."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.customer_units_max >= 1
    error_message = "customer_units_max must be at least 1."
  }
}

variable "customer_id_required" {
  description = "Whether a checkout must send a customer_id. Without one, no hold limit applies."
  type        = bool
  default     = false
  nullable    = false
}

variable "warehouse_priority" {
  description = "The warehouses from which a line without a warehouse_id is taken, in this order, like main,outlet. A JSON list, like [\"main\",\"outlet\"], can contain names with commas."
  type        = string
  default     = "main"
  nullable    = false

  validation {
    condition     = length(var.warehouse_priority) <= 128
    error_message = "warehouse_priority must have at most 128 characters."
  }

  validation {
    condition     = can(regex("^(?:^ *[^\\s,\\[\"][^,]*(, *[^\\s,][^,]*)*$|^ *\\[ *\"[^\\s\"\\\\][^\"\\\\]*\" *(, *\"[^\\s\"\\\\][^\"\\\\]*\" *)*\\] *$)$", var.warehouse_priority))
    error_message = "warehouse_priority must be warehouses separated by commas, like main,outlet, or a JSON list, with at most 128 characters."
  }
}

variable "sourcing" {
  description = "How a line without a warehouse_id is taken from WarehousePriority: ONE_WAREHOUSE whole from the first that has enough, SPLIT from as few as possible, NAMED not at all, so that each line needs a warehouse_id."
  type        = string
  default     = "ONE_WAREHOUSE"
  nullable    = false

  validation {
    condition     = contains(["ONE_WAREHOUSE", "SPLIT", "NAMED"], var.sourcing)
    error_message = "sourcing must be ONE_WAREHOUSE, SPLIT or NAMED."
  }
}

variable "dispatch_tracking" {
  description = "Whether sold units stay on hand, as allocated, until they are dispatched. Otherwise a sale removes them at once, and paid orders that are still on the shelf must not be counted."
  type        = bool
  default     = false
  nullable    = false
}

variable "reservation_retention_days" {
  description = "The number of days after which a decided reservation is deleted. At least 90."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.reservation_retention_days >= 90 && var.reservation_retention_days <= 3650
    error_message = "reservation_retention_days must be between 90 and 3650."
  }
}

variable "spread_reservations" {
  description = "Whether reservations are spread over several partitions of their index. Use false for the update from a version that has no such parameter, and before a rollback to one."
  type        = bool
  default     = true
  nullable    = false
}

variable "low_stock_email" {
  description = "The e-mail address for low-stock alerts. Empty for none; you can subscribe others to the topic at any time."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(?:^$|^[^@\\s]+@[^@\\s]+$)$", var.low_stock_email))
    error_message = "low_stock_email must be an e-mail address or empty."
  }
}

variable "operations_email" {
  description = "The e-mail address for alarms and refund requests. Empty for none."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(?:^$|^[^@\\s]+@[^@\\s]+$)$", var.operations_email))
    error_message = "operations_email must be an e-mail address or empty."
  }
}

variable "low_stock_check_rate" {
  description = "How often the scheduled check sends pending low-stock alerts."
  type        = string
  default     = "rate(5 minutes)"
  nullable    = false
}

variable "reconcile_holds_rate" {
  description = "How often the scheduled job settles stranded holds."
  type        = string
  default     = "rate(1 minute)"
  nullable    = false
}

variable "reconcile_counters_rate" {
  description = "How often the scheduled job compares each stock level with its reservations and movements."
  type        = string
  default     = "rate(1 hour)"
  nullable    = false
}

variable "sales_expected" {
  description = "Whether 15 minutes without a hold raise an alarm. For shops that sell day and night."
  type        = bool
  default     = false
  nullable    = false
}

variable "storefront_origin" {
  description = "The origin whose pages may call the storefront API, like https://shop.example.com; * allows any origin."
  type        = string
  default     = "*"
  nullable    = false

  validation {
    condition     = can(regex("^(?:^\\*$|^https?://[^/\\s'\"]+$)$", var.storefront_origin))
    error_message = "storefront_origin must be * or an origin without a path, like https://shop.example.com."
  }
}

variable "storefront_cache_control" {
  description = "The Cache-Control header of storefront responses, like max-age=2."
  type        = string
  default     = "no-store"
  nullable    = false

  validation {
    condition     = can(regex("^(?:^[a-z0-9=, -]+$)$", var.storefront_cache_control))
    error_message = "storefront_cache_control must be the value of a Cache-Control header in lower case, like max-age=2."
  }
}

variable "admin_origin" {
  description = "The only origin whose pages may call the admin API."
  type        = string
  default     = "http://localhost:5173"
  nullable    = false

  validation {
    condition     = can(regex("^(?:^https?://[^/\\s'\"]+$)$", var.admin_origin))
    error_message = "admin_origin must be an origin without a path, like https://inventory.example.com."
  }
}

variable "mfa_configuration" {
  description = "Whether administrators sign in with a second factor from an authenticator app (MFA)."
  type        = string
  default     = "OPTIONAL"
  nullable    = false

  validation {
    condition     = contains(["OFF", "OPTIONAL", "ON"], var.mfa_configuration)
    error_message = "mfa_configuration must be OFF, OPTIONAL or ON."
  }
}

variable "storefront_quantity_cap" {
  description = "The largest number of available units that the storefront shows, with \"capped\": true if there are more. 0 shows all. A small cap also saves pushes, because shoppers see no change above it."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.storefront_quantity_cap >= 0 && var.storefront_quantity_cap <= 1000000
    error_message = "storefront_quantity_cap must be between 0 and 1000000."
  }
}

variable "event_bus_name" {
  description = "The EventBridge bus of this account and region that gets the events. One other than default must exist."
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = length(var.event_bus_name) <= 48
    error_message = "event_bus_name must have at most 48 characters."
  }

  validation {
    condition     = can(regex("^(?:^[A-Za-z0-9._-]+$)$", var.event_bus_name))
    error_message = "event_bus_name must be the name of an event bus of this account and region, with at most 48 characters."
  }
}

variable "admin_ui_domain_name" {
  description = "A custom domain name for the admin page, like inventory.example.com. Empty for the CloudFront domain."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(?:^$|^[a-z0-9.-]+\\.[a-z]+$)$", var.admin_ui_domain_name))
    error_message = "admin_ui_domain_name must be a domain name in lower case or empty."
  }
}

variable "admin_ui_certificate_arn" {
  description = "The ARN of the certificate for AdminUiDomainName, from Certificate Manager in us-east-1."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = can(regex("^(?:^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$)$", var.admin_ui_certificate_arn))
    error_message = "admin_ui_certificate_arn must be the ARN of a certificate in us-east-1 or empty."
  }
}

variable "storefront_requests_per_second" {
  description = "The number of requests per second that the storefront API key may send."
  type        = number
  default     = 500
  nullable    = false

  validation {
    condition     = var.storefront_requests_per_second >= 1
    error_message = "storefront_requests_per_second must be at least 1."
  }
}

variable "storefront_burst" {
  description = "The number of requests that the storefront API key may send at once."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.storefront_burst >= 1
    error_message = "storefront_burst must be at least 1."
  }
}

variable "storefront_requests_per_day" {
  description = "The number of requests per day that the storefront API key may send."
  type        = number
  default     = 20000000
  nullable    = false

  validation {
    condition     = var.storefront_requests_per_day >= 1
    error_message = "storefront_requests_per_day must be at least 1."
  }
}

variable "api_requests_per_second" {
  description = "The number of requests per second that each operation of the API accepts from all callers together."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.api_requests_per_second >= 1
    error_message = "api_requests_per_second must be at least 1."
  }
}

variable "api_burst" {
  description = "The number of requests that each operation of the API accepts at once from all callers together."
  type        = number
  default     = 2000
  nullable    = false

  validation {
    condition     = var.api_burst >= 1
    error_message = "api_burst must be at least 1."
  }
}

variable "deletion_protection" {
  description = "Whether the tables and the user pool are protected against deletion."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_retention_days" {
  description = "The number of days after which logs are deleted."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1827, 3653], var.log_retention_days)
    error_message = "log_retention_days must be 1, 3, 5, 7, 14, 30, 60, 90, 180, 365, 731, 1827 or 3653."
  }
}

variable "runtime" {
  description = "The Lambda runtime of the functions. The machine that builds needs the same Python version."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13", "python3.14"], var.runtime)
    error_message = "runtime must be python3.11, python3.12, python3.13 or python3.14."
  }
}

variable "architecture" {
  description = "The processor architecture of the functions. arm64 costs 20 % less."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "snap_start" {
  description = "Whether the functions that a shopper waits for start from a snapshot of Lambda (SnapStart). It costs money for each published version, and needs python3.12 or newer."
  type        = bool
  default     = false
  nullable    = false
}

variable "gradual_deployment" {
  description = "Whether CodeDeploy moves calls to a new version step by step, and rolls it back if it fails."
  type        = bool
  default     = false
  nullable    = false
}

variable "deployment_preference" {
  description = "The CodeDeploy configuration that moves calls to a new version."
  type        = string
  default     = "Canary10Percent5Minutes"
  nullable    = false

  validation {
    condition     = contains(["Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes", "Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes", "Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce"], var.deployment_preference)
    error_message = "deployment_preference must be Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes or AllAtOnce."
  }
}

locals {
  parameters = {
    LongestHoldSeconds          = tostring(var.longest_hold_seconds)
    CustomerHoldsMax            = tostring(var.customer_holds_max)
    CustomerUnitsMax            = tostring(var.customer_units_max)
    CustomerIdRequired          = tostring(var.customer_id_required)
    WarehousePriority           = var.warehouse_priority
    Sourcing                    = var.sourcing
    DispatchTracking            = tostring(var.dispatch_tracking)
    ReservationRetentionDays    = tostring(var.reservation_retention_days)
    SpreadReservations          = tostring(var.spread_reservations)
    LowStockEmail               = var.low_stock_email
    OperationsEmail             = var.operations_email
    LowStockCheckRate           = var.low_stock_check_rate
    ReconcileHoldsRate          = var.reconcile_holds_rate
    ReconcileCountersRate       = var.reconcile_counters_rate
    SalesExpected               = tostring(var.sales_expected)
    StorefrontOrigin            = var.storefront_origin
    StorefrontCacheControl      = var.storefront_cache_control
    AdminOrigin                 = var.admin_origin
    MfaConfiguration            = var.mfa_configuration
    StorefrontQuantityCap       = tostring(var.storefront_quantity_cap)
    EventBusName                = var.event_bus_name
    AdminUiDomainName           = var.admin_ui_domain_name
    AdminUiCertificateArn       = var.admin_ui_certificate_arn
    StorefrontRequestsPerSecond = tostring(var.storefront_requests_per_second)
    StorefrontBurst             = tostring(var.storefront_burst)
    StorefrontRequestsPerDay    = tostring(var.storefront_requests_per_day)
    ApiRequestsPerSecond        = tostring(var.api_requests_per_second)
    ApiBurst                    = tostring(var.api_burst)
    DeletionProtection          = tostring(var.deletion_protection)
    LogRetentionDays            = tostring(var.log_retention_days)
    Runtime                     = var.runtime
    Architecture                = var.architecture
    SnapStart                   = tostring(var.snap_start)
    GradualDeployment           = tostring(var.gradual_deployment)
    DeploymentPreference        = var.deployment_preference
  }
}
