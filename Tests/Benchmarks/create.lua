-- What wrk sends for "create an interaction".
wrk.method = "POST"
wrk.body = '{"model":"gemini-3.8-flash","input":"Hello"}'
wrk.headers["Content-Type"] = "application/json"
wrk.headers["x-goog-api-key"] = "load"
