class Service
  RETRIES = 3

  def call(id)
    { id: id, retries: RETRIES }
  end
end
