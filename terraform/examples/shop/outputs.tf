output "inventory" {
  description = "The outputs of the component, by name."
  value       = module.inventory
}

output "publish_command" {
  description = "The command that publishes the built admin page. Run it in the project's folder."
  value       = ".venv/bin/python -m tools.publish --stack-name ${var.stack_name} --region ${var.region}"
}
