// Draws the API's description; see templates/api/reference.html.
const place = document.getElementById("reference");

SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelRendering: "example",
  displayRequestDuration: true,
  supportedSubmitMethods: [], // trying out is for curl: a key does not belong into a page
  validatorUrl: null,
});
