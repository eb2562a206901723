"""ClauseDesk's product: gateway, requests, console and pages."""
