"""Who directed this film? Attribution by shot scale and shot duration."""
