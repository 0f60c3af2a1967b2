// A provider that is there to be looked at: it uses all that terraform-plugin-framework offers, and keeps its objects as
// files in a directory. A suite that judges providers must find nothing in it.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

func main() {
	debug := flag.Bool("debug", false, "wait for a client that attaches itself")
	flag.Parse()
	err := providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{
		Address: "example.com/reference/framework",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
