output "connectors" {
  description = "The configuration of each connector by its name, as `PUT /connectors/<name>/config` of a Connect worker takes it."
  value       = local.connectors
}

output "json" {
  description = "Each connector by its name, as text: a file for `PUT /connectors/<name>/config`."
  value       = { for name, config in local.connectors : name => jsonencode(config) }
}

output "index_template" {
  description = "The index template to `PUT` as `_index_template/<topic>` into a search store before its connector starts: without it, every process variable would become a field."
  value = jsonencode({
    index_patterns = ["${lower(var.topic)}_*"]
    priority       = 200
    template       = { mappings = jsondecode(file("${path.module}/mapping.json")) }
  })
}
