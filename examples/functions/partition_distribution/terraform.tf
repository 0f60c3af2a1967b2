terraform {
  required_version = ">= 1.7" # the first with functions of providers: Terraform 1.8, OpenTofu 1.7
  required_providers {
    zeebe = {
      source = "zeebe-platform/zeebe"
    }
  }
}
