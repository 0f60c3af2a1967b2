# terraform query -generate-config-out=found.tf
list "zeebe_cluster" "here" {
  provider         = zeebe
  include_resource = true
  limit            = 500

  config {
    target = {
      local = { directory = "/srv/zeebe" }
    }
  }
}
