variable "topic" {
  description = "The topic that zeebe-receiver writes. One topic is one cluster's."
  type        = string
}

variable "partitions" {
  description = "How many partitions the topic has: more tasks than that have nothing to do."
  type        = number

  validation {
    condition     = var.partitions >= 1 && floor(var.partitions) == var.partitions
    error_message = "A topic has a whole number of partitions, from 1 on."
  }
}

variable "name" {
  description = "What each connector's name begins with; its sink follows."
  type        = string
  default     = "zeebe-audit"
}

variable "elasticsearch" {
  description = "Confluent's Elasticsearch sink."
  type = object({
    urls               = list(string)
    username           = optional(string)
    password_reference = optional(string)
    period             = optional(string, "month")
  })
  default = null

  validation {
    condition     = var.elasticsearch == null || contains(["day", "month"], try(var.elasticsearch.period, ""))
    error_message = "The period of an index is day or month."
  }

  validation {
    condition     = try(var.elasticsearch.password_reference, null) == null || can(regex("^\\$\\{[^:}]+:.+\\}$", var.elasticsearch.password_reference))
    error_message = "A password is named by a reference of Kafka Connect's config providers, such as \"$${file:/etc/connect/secrets:search}\": written out, it would be in the state."
  }
}

variable "opensearch" {
  description = "Aiven's OpenSearch sink."
  type = object({
    urls               = list(string)
    username           = optional(string)
    password_reference = optional(string)
    period             = optional(string, "month")
  })
  default = null

  validation {
    condition     = var.opensearch == null || contains(["day", "month"], try(var.opensearch.period, ""))
    error_message = "The period of an index is day or month."
  }

  validation {
    condition     = try(var.opensearch.password_reference, null) == null || can(regex("^\\$\\{[^:}]+:.+\\}$", var.opensearch.password_reference))
    error_message = "A password is named by a reference of Kafka Connect's config providers, such as \"$${file:/etc/connect/secrets:search}\": written out, it would be in the state."
  }
}

variable "s3" {
  description = "Confluent's S3 sink: JSON lines by day. The worker's own credentials are used."
  type = object({
    bucket    = string
    region    = string
    directory = optional(string, "zeebe")
    records   = optional(number, 10000)
  })
  default = null
}

variable "file" {
  description = "The file sink that comes with Kafka, one record a line: to try the way, not to keep anything."
  type = object({
    path = string
  })
  default = null
}
