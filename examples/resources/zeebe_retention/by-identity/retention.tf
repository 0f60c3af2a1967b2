resource "zeebe_retention" "audit" {
  exporter    = zeebe_exporter.audit.id
  minimum_age = "30d"
}
