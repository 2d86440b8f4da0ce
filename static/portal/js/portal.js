// Everything here is comfort: each page works without it.
import "./basics.js";
import "./requests.js";
import "./theme.js";
import "./keyboard.js";
import "./palette.js";
import "./live.js";
import "./picker.js";
import "./fields.js";
import "./queue.js";
import "./many.js";
