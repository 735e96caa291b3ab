// The page that reads the API. It shows everything at once, so the browser's own search finds it.
Redoc.init("/openapi.json", { disableSearch: true, nativeScrollbars: true }, document.getElementById("page"));
