variable "cluster" {
  description = "The address of a cluster whose target has a sign-on."
  type        = string
}

ephemeral "zeebe_client_credentials" "worker" {
  cluster = var.cluster
}
