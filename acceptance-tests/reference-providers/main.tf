# Most of what the reference providers offer, in one configuration.

variable "directory" {
  type        = string
  description = "Where the objects are."
}

variable "text" {
  type        = string
  description = "What changes."
}

ephemeral "framework_token" "this" {
  name = "of nobody"
}

resource "framework_object" "full" {
  directory        = "${var.directory}/framework"
  name             = "full"
  flag             = false
  text             = var.text
  caseless         = "MiXed"
  whole            = 7
  small            = -3
  broken           = 0.1
  rough            = 0.5
  exact            = 123456789012345678901234567890
  anything         = { a = [1, "x"] }
  words            = ["b", "a"]
  ports            = [3, 1, 2]
  tags             = { a = "1" }
  pair             = { left = "l", right = 1.5 }
  single           = { text = var.text }
  row              = [{ text = "r" }, { text = var.text, size = 3 }]
  heap             = [{ text = "h" }, { text = var.text, size = 2 }]
  named            = { x = { text = "n" }, y = {} }
  secret           = "s"
  password         = ephemeral.framework_token.this.value
  password_version = 1

  limits {
    most = 4
  }
  rule {
    text = "one"
  }
  rule {
    text = var.text
    size = 2
  }
  label {
    text = var.text
  }
}

resource "framework_object" "least" {
  directory = framework_object.full.directory
  name      = "least"
}

resource "sdkv2_object" "full" {
  directory        = "${var.directory}/sdkv2"
  name             = "full"
  flag             = false
  text             = var.text
  caseless         = "MiXed"
  whole            = 7
  broken           = 0.1
  words            = ["b", "a"]
  ports            = [3, 1, 2]
  tags             = { a = "1" }
  secret           = "s"
  password         = ephemeral.framework_token.this.value
  password_version = 1

  single {
    text = var.text
  }
  row {
    text = "r"
  }
  row {
    text = var.text
    size = 3
  }
  heap {
    text = "h"
  }
  heap {
    text = var.text
    size = 2
  }
}

resource "sdkv2_object" "least" {
  directory = sdkv2_object.full.directory
  name      = "least"
}

data "framework_directory" "this" {
  directory  = framework_object.full.directory
  depends_on = [framework_object.least]
}

data "sdkv2_object" "this" {
  place = sdkv2_object.full.id
}

output "seen" {
  value = {
    names  = data.framework_directory.this.names
    text   = data.sdkv2_object.this.text
    joined = provider::framework::join("-", "a", "b")
    count = provider::framework::describe(
      true, 1, 2, 1.5, 0.5, 3, ["a"], [1], { a = "b" }, { left = "l", right = 1 }, "x"
    ).count
  }
}
