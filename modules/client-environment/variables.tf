variable "clients" {
  description = "The clients, each with its product version and its environments. `slot` is a number of its own for each cluster: it fixes the cluster's ports for life."
  type = map(object({
    version = string
    environments = map(object({
      slot                = number
      size                = optional(string)
      version             = optional(string)
      brokers             = optional(number)
      partitions          = optional(number)
      deletion_protection = optional(bool)
    }))
  }))

  validation {
    condition     = alltrue([for name, client in var.clients : alltrue([for environment, _ in client.environments : contains(["development", "test", "staging", "production"], environment)])])
    error_message = "An environment is one of development, test, staging, production."
  }

  validation {
    condition     = length(distinct(flatten([for client in var.clients : [for wish in client.environments : wish.slot]]))) == length(flatten([for client in var.clients : [for wish in client.environments : wish.slot]]))
    error_message = "Each environment needs a slot of its own: two clusters of one slot would take the same ports."
  }
}

variable "target" {
  description = "Where the clusters run: local or simulated."
  type        = string
  default     = "local"

  validation {
    condition     = contains(["local", "simulated"], var.target)
    error_message = "The target is one of local, simulated."
  }
}

variable "directory" {
  description = "The absolute path of the directory under which each cluster has its own."
  type        = string
}

variable "first_port" {
  description = "The first port of slot 0."
  type        = number
  default     = 26500
}

variable "ports_per_cluster" {
  description = "How many ports each slot has: ten for each broker that a cluster may grow to."
  type        = number
  default     = 100
}

variable "distribution" {
  description = "What is run, as the attribute target.local.distribution of zeebe_cluster; null means Maven."
  type = object({
    maven  = optional(object({ coordinates = optional(string) }))
    path   = optional(string)
    url    = optional(string)
    sha256 = optional(string)
  })
  default = null
}

variable "license" {
  description = "Where the licence key is read, as the attribute license of zeebe_cluster."
  type = object({
    file                 = optional(string)
    environment_variable = optional(string)
  })
  default = null
}

variable "data_on_destroy" {
  description = "What becomes of the data of clusters that are not protected: keep or delete."
  type        = string
  default     = "keep"
}
